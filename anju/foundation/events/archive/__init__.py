"""The archive of one matter: a ZIP that proves itself without a server.

`export` needs the database; `check` needs nothing but the file and stays free of Django's models.
"""
