"""The page kit: base pages, lists, forms, charts, clock chips. No models, no rule of work."""
