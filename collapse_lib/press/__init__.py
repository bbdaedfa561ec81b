"""The press: everything that makes a book out of chapters.  Nothing outside it knows that pages exist.

`book`, `contents`     where a book's files are, and the order of its pages
`chapter`, `cells`     a chapter's source, and the parameters that its cell declares
`execute`, `executed`  a run of a chapter, and what it leaves
`build`                the whole book: run what changed, collect the verdicts, make the site
`pages/`               what Sphinx does beyond its own: one feature, one file
`editions/`            other forms of the book: a run's folder and page, a comparison, students, archive, print, lab
`publish/`             addresses, versions, citations, links
`speed/`               what only makes a build faster, and could be removed whole
"""
