"""What ``datapackage.json`` says of the tables, and what it forbids."""

from pathlib import Path

from helpers.data import tables
from helpers.data.tables import DataError


def units(folder: Path) -> dict[str, dict]:
    """What ``datapackage.json`` says of each table's units: all of them, those with a sign, whether zero is a figure;
    the assumptions that are shares, and what each that rules reckon with needs."""
    said = {}
    for resource in tables.described(folder)["resources"]:
        fields = {field["name"]: field for field in resource["schema"]["fields"]}
        unit, assumption = fields.get("unit", {}), fields.get("assumption", {})
        every = unit.get("constraints", {}).get("enum", [])
        told = {"signed": unit.get("signed", []), "zero": unit.get("zero", True), "all": every}
        told |= {"sum_to_one": assumption.get("sum_to_one", []), "needed": assumption.get("needed", {})}
        said[resource["name"]] = told
    return said


def forbidden(folder: Path) -> list[tuple]:
    """What the descriptor forbids, and what cannot be read at all: ``file, rows, problem, remedy``."""
    try:
        tables.required(folder)
    except DataError as error:
        return [tables.told(str(error))]
    try:
        from frictionless import Package, system

        package = tables.described(folder)
        keys = {one["name"]: one["schema"].pop("foreignKeys", []) for one in package["resources"]}
        with system.use_context(trusted=True):
            report = Package.from_descriptor(package, basepath=str(folder)).validate()
    except Exception as error:  # whatever the library finds odd in the description: it says so in many ways
        return [("datapackage.json", "", f"cannot be read: {error}", "restore it from the last commit")]
    plain = "write digits with a point (no thousands comma, blank or underscore), and no control character"
    found = [(file, f"line {line}: {cell}", problem, plain) for file, line, cell, problem in tables.unreadable(folder)]
    odd = {(file, at.partition(":")[0]) for file, at, *_ in found}
    for task in report.tasks:
        lines = [*tables.lines(folder / f"{task.name}.csv")] if task.errors else []
        for error in task.errors[:5]:
            row = getattr(error, "row_number", 0)
            at = f"line {lines[row - 1]}: {', '.join(str(cell) for cell in error.cells if cell)}" if row else ""
            if error.type == "type-error" and (f"{task.name}.csv", at.partition(":")[0]) in odd:
                continue
            of = f" of {error.field_name}" if hasattr(error, "field_name") else ""
            found.append((f"{task.name}.csv", at, f"{error.title}{of}: {error.note}", _remedy(error, task.name)))
    found += _strangers(folder, keys)
    return found + [("datapackage.json", "", error.title, error.note) for error in report.errors]


def _strangers(folder: Path, keys: dict) -> list[tuple]:
    """Cells that name no row of another table; asked here, as frictionless would open that table for each of them."""
    read, found = tables.read(folder), []
    remedy = "write an id that data/sources.csv has, or add the source there first"
    for name, foreign in keys.items():
        for one in foreign:
            of, own = one["reference"]["resource"], read[name]
            to, mine = (
                "".join(map(str, some["fields"])) for some in (one["reference"], one)
            )  # a name, or a list of one
            if of not in read or to not in read[of].columns or mine not in own.columns:
                said = f"the foreign key {mine} of {name} names {to} of {of}, and one of the two is no column"
                found.append(("datapackage.json", "", said, "restore it from the last commit"))
                continue
            there, (_, *lines) = {*read[of].column(to), ""}, tables.lines(folder / f"{name}.csv")
            for line, cell, row in zip(lines, own.column(mine), own.rows, strict=True):
                if cell not in there:
                    at = f"line {line}: {', '.join(str(c) for c in row if c == c and c not in ('', None))}"
                    found.append((f"{name}.csv", at, f"ForeignKey Error: {of}.csv has no {to} {cell}", remedy))
    return found


def _remedy(error, table: str) -> str:
    return {
        "primary-key": "delete one of the two rows, or tell them apart by date or source",
        "constraint-error": f"correct the cell, or allow the value in data/datapackage.json ({table})",
        "type-error": "write a plain number (no thousands comma) or a day as YYYY-MM-DD",
    }.get(error.type, "compare the file with data/datapackage.json")
