"""The project's manage.py commands, as the shell calls them."""

import pytest
from django.core.management import get_commands, load_command_class

OURS = sorted(name for name, app in get_commands().items() if app.startswith("labeling."))


def test_the_commands_of_the_design_are_there():
    wanted = {
        "create_user",
        "create_token",
        "import_prompts",
        "import_comparisons",
        "freeze_snapshot",
        "launch_run",
        "load_demo",
    }
    assert wanted <= set(OURS)


@pytest.mark.parametrize("name", OURS)
def test_no_option_shadows_one_of_djangos(name: str):
    """Django reads `settings` and `pythonpath` from the parsed options; call_command, and so other tests, does not."""
    parser = load_command_class(get_commands()[name], name).create_parser("manage.py", name)
    named = {
        action.dest: action.option_strings for action in parser._actions if action.dest in ("settings", "pythonpath")
    }
    assert named == {"settings": ["--settings"], "pythonpath": ["--pythonpath"]}
