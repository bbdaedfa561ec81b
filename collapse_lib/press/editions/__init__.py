"""Other forms of the book: a run's folder and page, a comparison, the students' book, archive, print and lab."""
