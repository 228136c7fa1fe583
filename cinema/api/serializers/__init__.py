"""The shapes of what the API shows, and what it takes.

A relation is shown nested under its name and written by its id (``genre``, ``genre_id``), so the
answer to a GET can be changed and PUT back.
"""
