"""Models whose constraints keep ranges apart."""
