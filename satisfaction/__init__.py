"""The domain, pure: instruments, tallies, indices, bands, periods, misuse rules."""
