from workflow.cli.program import command


@command("demo", "x. y", "x。")
def demo() -> None:
    pass
