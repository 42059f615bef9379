"""Pages for a print shop: the drawing library's document, rewritten to inks, boxes and marks.

    pages to draw -> skeleton (shapes and letters in stand-in colours, a token for each picture) -> the file

The drawing library writes RGB only, so every colour of a design goes through it as a stand-in that `inks` knows again;
pictures never go through it: they are stored as plates at once (`press`), and the page has a token in their place until
`recolor` puts the plate there. Needs pikepdf (the `print` extra), which is loaded when a document is rewritten.

PDF/X is not claimed: nothing here has been held against a checker of it.
"""
