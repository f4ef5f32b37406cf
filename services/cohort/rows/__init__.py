"""The rows of the cohort database by subject; `services.cohort.tables` gathers them."""
