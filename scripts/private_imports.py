"""An import-linter contract: a package's private modules, named ``_x``, are its own."""

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class PrivateImports(Contract):
    """Say which packages may import from *package* only what is public."""

    type_name = "private"

    package = fields.ModuleField()
    importers = fields.ListField(subfield=fields.ModuleField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002
        found = [
            (importer, imported)
            for imported in sorted(graph.modules)
            if _is_private_in(str(self.package), imported)
            for importer in sorted(graph.find_modules_that_directly_import(imported))
            if any(_is_in(str(package), importer) for package in self.importers)
        ]
        return ContractCheck(kept=not found, metadata={"found": found})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for importer, imported in check.metadata["found"]:
            output.print_error(f"{importer} must not import {imported}, which is private.")


def _is_in(package: str, module: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def _is_private_in(package: str, module: str) -> bool:
    return _is_in(package, module) and any(
        name.startswith("_") and not name.startswith("__") for name in module.split(".")
    )
