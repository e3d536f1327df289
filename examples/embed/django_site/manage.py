"""Django's usual manage.py, but that `runserver` migrates first: so the example starts with two commands."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
    if sys.argv[1:2] == ["runserver"]:
        execute_from_command_line(["manage.py", "migrate", "--verbosity=0"])
    execute_from_command_line(sys.argv)
