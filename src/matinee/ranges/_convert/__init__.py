"""The migrations that turn a pair of columns into a range while the site goes on.

``read`` looks at the model and gives a `Conversion`, ``files`` makes the migrations of one, and
``advice`` says what to edit and when to deploy what. Only ``read`` touches a database, once.
"""

from matinee.ranges._convert._advice import advice
from matinee.ranges._convert._conversion import BOUNDS, NULLS, Conversion, Wishes
from matinee.ranges._convert._files import File, files
from matinee.ranges._convert._read import read

__all__ = ["BOUNDS", "NULLS", "Conversion", "File", "Wishes", "advice", "files", "read"]
