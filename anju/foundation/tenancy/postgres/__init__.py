"""Django's PostgreSQL backend whose `default` connection refuses queries outside the fence."""
