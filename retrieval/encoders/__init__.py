"""Text and pictures to vectors, from files that come with packages or lie in a folder; never from the net."""
