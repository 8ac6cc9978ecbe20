"""The pages that show everything at once: today, figures, standards, calendars, journal."""
