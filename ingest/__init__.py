"""Articles to index: reading, cleaning, splitting, embedding, storing."""
