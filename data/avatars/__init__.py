"""Labeled 64x64 images: drawn faces, image folders, Cartoon Set and ellipses."""
