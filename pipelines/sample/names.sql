-- Given and family names by language, told apart by number, for people made up out of both.
create or replace temp table given_names as
select lang, cast(row_number() over (partition by lang order by name) - 1 as bigint) as k, count(*) over (partition by lang) as names, name
from (
    select 'fr' as lang, unnest(['Agathe', 'Alice', 'Amélie', 'Anaïs', 'Antoine', 'Aurélien', 'Baptiste', 'Camille', 'Cécile', 'Chloé', 'Clément', 'Élise', 'Émile', 'Étienne', 'Fatou', 'François', 'Gaëlle', 'Hélène', 'Inès', 'Jérôme', 'Julien', 'Karim', 'Léa', 'Loïc', 'Louise', 'Manon', 'Mathilde', 'Nadia', 'Noémie', 'Olivier', 'Pascal', 'Pierre', 'Rémi', 'Sophie', 'Théo', 'Yasmine']) as name
    union all
    select 'en', unnest(['Abigail', 'Alistair', 'Amy', 'Aoife', 'Ben', 'Bridget', 'Callum', 'Charlotte', 'Daniel', 'Eleanor', 'Emily', 'Fiona', 'George', 'Grace', 'Harriet', 'Imogen', 'Jack', 'Jacob', 'Liam', 'Lucy', 'Martha', 'Niamh', 'Oliver', 'Owen', 'Poppy', 'Priya', 'Rory', 'Ruth', 'Samuel', 'Sian', 'Thomas', 'Zoe'])
    union all
    select 'de', unnest(['Anja', 'Birgit', 'Dieter', 'Felix', 'Franziska', 'Greta', 'Jan', 'Jonas', 'Jürgen', 'Käthe', 'Lena', 'Lukas', 'Maren', 'Matthias', 'Nele', 'Sören', 'Ulrike', 'Yusuf'])
    union all
    select 'es', unnest(['Alejandro', 'Ana', 'Begoña', 'Carmen', 'Diego', 'Elena', 'Íñigo', 'Javier', 'José', 'Lucía', 'María', 'Marta', 'Nuria', 'Pablo', 'Raúl', 'Rocío', 'Sofía'])
    union all
    select 'nl', unnest(['Anke', 'Bram', 'Daan', 'Femke', 'Hanne', 'Jeroen', 'Joris', 'Lotte', 'Maarten', 'Saskia', 'Sien', 'Wout'])
);

create or replace temp table family_names as
select lang, cast(row_number() over (partition by lang order by name) - 1 as bigint) as k, count(*) over (partition by lang) as names, name
from (
    select 'fr' as lang, unnest(['André', 'Bailly', 'Benali', 'Bernard', 'Besson', 'Blanchard', 'Bonnet', 'Carpentier', 'Chevalier', 'D''Angelo', 'de La Tour', 'Delaunay', 'Diallo', 'Dubois', 'Dupré', 'Fabre', 'Fournier', 'Garnier', 'Gauthier', 'Girard', 'Guérin', 'Hervé', 'Jacquet', 'Lambert', 'Le Goff', 'Lefèvre', 'Lemoine', 'Marchand', 'Martin', 'Mercier', 'Moreau', 'N''Guyen', 'Perrin', 'Prévost', 'Renaud', 'Rivière', 'Rousseau', 'Saint-Martin', 'Tessier', 'Vidal']) as name
    union all
    select 'en', unnest(['Adeyemi', 'Baker', 'Bennett', 'Byrne', 'Carter', 'Chapman', 'Clarke', 'Davies', 'Edwards', 'Evans', 'Fletcher', 'Gallagher', 'Gibson', 'Hughes', 'Kaur', 'Kelly', 'Lloyd', 'MacDonald', 'Marsh', 'Murray', 'O''Brien', 'O''Neill', 'Palmer', 'Patel', 'Pearce', 'Reid', 'Shaw', 'Singh', 'Smith-Jones', 'Taylor', 'Turner', 'Walsh', 'Whitfield', 'Wood'])
    union all
    select 'de', unnest(['Bauer', 'Becker', 'Fischer', 'Groß', 'Hoffmann', 'Jäger', 'Köhler', 'Krause', 'Lehmann', 'Müller', 'Öztürk', 'Schäfer', 'Schmidt', 'von Arx', 'Wagner', 'Weiß', 'Zimmermann'])
    union all
    select 'es', unnest(['Álvarez', 'Castro', 'Díaz', 'Fernández', 'García', 'Gómez', 'Hernández', 'Iglesias', 'López', 'Martínez', 'Muñoz', 'Núñez', 'Ortega', 'Peña', 'Ruiz', 'Sánchez', 'Vázquez'])
    union all
    select 'nl', unnest(['Claes', 'De Smet', 'Goossens', 'Jacobs', 'Maes', 'Mertens', 'Peeters', 'Van den Berg', 'Vermeulen', 'Willems', 'Wouters'])
);

-- A name for a contact of a language, by number: the draw that makes it is the same wherever it is asked for.
create or replace temp macro given_name_no(no, names) as cast(floor(part(dice('name', no), 0) * names) as bigint);
create or replace temp macro family_name_no(no, names) as cast(floor(part(dice('name', no), 1) * names) as bigint);
