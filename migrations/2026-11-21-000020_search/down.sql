DROP TABLE search_marks;
DROP TABLE search_texts;
