-- one row per article of the story `id`, from the first told to the last
CREATE MACRO story(id) AS TABLE
SELECT *
FROM story_timeline
WHERE story_id = id
ORDER BY ordinal;
