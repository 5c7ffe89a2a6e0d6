"""Files and folders of arrays that are written aside, checked and renamed into place."""
