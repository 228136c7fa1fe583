"""The contract that keeps private modules private, on graphs made by hand."""

import pytest
from grimp import ImportGraph

from scripts.private_imports import PrivateImports


def found(importer, imported):
    graph = ImportGraph()
    graph.add_import(importer=importer, imported=imported)
    options = {"package": "matinee", "importers": ["cinema"]}
    contract = PrivateImports("public", session_options={}, contract_options=options)
    return contract.check(graph, verbose=False)


@pytest.mark.parametrize(
    "private", ["matinee._sql", "matinee.embedded._server", "matinee._doctor.x"]
)
def test_a_private_module_breaks_the_contract(private):
    check = found("cinema.films.views", private)
    assert not check.kept
    assert check.metadata["found"] == [("cinema.films.views", private)]


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("cinema.asgi", "matinee.receipts"),
        ("cinema.asgi", "matinee.reads.__main__"),
        ("cinema.__main__", "cinema._demo"),
        ("matinee.apps", "matinee._sql"),
        ("cinematic.views", "matinee._sql"),
    ],
)
def test_all_else_keeps_it(importer, imported):
    assert found(importer, imported).kept
