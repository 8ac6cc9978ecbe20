"""Writing documents and laws, and putting them into force."""
