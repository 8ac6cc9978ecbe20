"""The outbox in pure values: states, pauses, storms; signatures; addresses a webhook may have."""
