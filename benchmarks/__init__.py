"""Benchmarks, one module per package: ``python -m benchmarks NAME [--quick]``.

A benchmark is a module ``benchmarks/<name>.py`` with one function::

    from benchmarks._harness import Context, Contender, Report

    def run(context: Context) -> Report:
        load(films=200 if context.quick else 2000)
        timings = context.measure(
            Contender("naive", lambda: render(naive)),
            Contender("hand-tuned", lambda: render(tuned)),
            Contender("matinee", lambda: render(planned)),
        )
        return Report(
            timings,
            figures=[
                timings.speedup(
                    "reads.list100.instances_vs_naive_drf",
                    of="matinee", over="naive", at_least=5,
                ),
            ],
        )

The harness hands it an empty database with the tables of ``benchmarks/models.py`` and of Django's
auth and content types (Django is set up already, see ``benchmarks/settings.py``), lets the
contenders take turns, prints a table, and last one line of JSON. Contenders do the same work: what
they return must be equal, or nothing is measured.
"""
