"""`python -m shelfspace` is `shelfspace`."""

from shelfspace.cli import main

if __name__ == "__main__":
    main()
