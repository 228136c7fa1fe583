"""How the database's pool gets rid of connections that died while they were idle."""

from psycopg import Connection, OperationalError
from psycopg_pool import ConnectionPool


def check(connection: Connection) -> None:
    """Refuse a dead connection, and have the pool replace all that died with it.

    After a restart of the server every idle connection is dead. The pool by itself finds that out
    one by one, and sleeps twice as long after each: with six of them a visitor would wait for half
    a minute, and then get an error.
    """
    try:
        ConnectionPool.check_connection(connection)
    except OperationalError:
        connection._pool.check()  # noqa: SLF001  # set by the pool for whom it lends to
        raise
