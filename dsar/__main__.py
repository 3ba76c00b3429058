"""``python -m dsar``: the same as the ``dsar`` command."""

from dsar.cli.main import main

if __name__ == "__main__":
    main()
