"""How each venue speaks. One folder a venue; the engine knows none of them by name."""
