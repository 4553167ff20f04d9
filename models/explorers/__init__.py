"""What a reader touches: controls, pictures, predictions; one module a chapter."""
