-- Given and family names by language, for people made up out of both.
create or replace temp table names as
select * from (values
    ('fr',
        ['Agathe', 'Alice', 'Amélie', 'Anaïs', 'Antoine', 'Aurélien', 'Baptiste', 'Camille', 'Cécile', 'Chloé', 'Clément', 'Élise', 'Émile', 'Étienne',
            'Fatou', 'François', 'Gaëlle', 'Hélène', 'Inès', 'Jérôme', 'Julien', 'Karim', 'Léa', 'Loïc', 'Louise', 'Manon', 'Mathilde', 'Nadia',
            'Noémie', 'Olivier', 'Pascal', 'Pierre', 'Rémi', 'Sophie', 'Théo', 'Yasmine'],
        ['André', 'Bailly', 'Benali', 'Bernard', 'Besson', 'Blanchard', 'Bonnet', 'Carpentier', 'Chevalier', 'D''Angelo', 'de La Tour', 'Delaunay',
            'Diallo', 'Dubois', 'Dupré', 'Fabre', 'Fournier', 'Garnier', 'Gauthier', 'Girard', 'Guérin', 'Hervé', 'Jacquet', 'Lambert', 'Le Goff',
            'Lefèvre', 'Lemoine', 'Marchand', 'Martin', 'Mercier', 'Moreau', 'N''Guyen', 'Perrin', 'Prévost', 'Renaud', 'Rivière', 'Rousseau',
            'Saint-Martin', 'Tessier', 'Vidal']),
    ('en',
        ['Abigail', 'Alistair', 'Amy', 'Aoife', 'Ben', 'Bridget', 'Callum', 'Charlotte', 'Daniel', 'Eleanor', 'Emily', 'Fiona', 'George', 'Grace',
            'Harriet', 'Imogen', 'Jack', 'Jacob', 'Liam', 'Lucy', 'Martha', 'Niamh', 'Oliver', 'Owen', 'Poppy', 'Priya', 'Rory', 'Ruth', 'Samuel',
            'Sian', 'Thomas', 'Zoe'],
        ['Adeyemi', 'Baker', 'Bennett', 'Byrne', 'Carter', 'Chapman', 'Clarke', 'Davies', 'Edwards', 'Evans', 'Fletcher', 'Gallagher', 'Gibson',
            'Hughes', 'Kaur', 'Kelly', 'Lloyd', 'MacDonald', 'Marsh', 'Murray', 'O''Brien', 'O''Neill', 'Palmer', 'Patel', 'Pearce', 'Reid', 'Shaw',
            'Singh', 'Smith-Jones', 'Taylor', 'Turner', 'Walsh', 'Whitfield', 'Wood']),
    ('de',
        ['Anja', 'Birgit', 'Dieter', 'Felix', 'Franziska', 'Greta', 'Jan', 'Jonas', 'Jürgen', 'Käthe', 'Lena', 'Lukas', 'Maren', 'Matthias', 'Nele',
            'Sören', 'Ulrike', 'Yusuf'],
        ['Bauer', 'Becker', 'Fischer', 'Groß', 'Hoffmann', 'Jäger', 'Köhler', 'Krause', 'Lehmann', 'Müller', 'Öztürk', 'Schäfer', 'Schmidt', 'von Arx',
            'Wagner', 'Weiß', 'Zimmermann']),
    ('es',
        ['Alejandro', 'Ana', 'Begoña', 'Carmen', 'Diego', 'Elena', 'Íñigo', 'Javier', 'José', 'Lucía', 'María', 'Marta', 'Nuria', 'Pablo', 'Raúl',
            'Rocío', 'Sofía'],
        ['Álvarez', 'Castro', 'Díaz', 'Fernández', 'García', 'Gómez', 'Hernández', 'Iglesias', 'López', 'Martínez', 'Muñoz', 'Núñez', 'Ortega',
            'Peña', 'Ruiz', 'Sánchez', 'Vázquez']),
    ('nl',
        ['Anke', 'Bram', 'Daan', 'Femke', 'Hanne', 'Jeroen', 'Joris', 'Lotte', 'Maarten', 'Saskia', 'Sien', 'Wout'],
        ['Claes', 'De Smet', 'Goossens', 'Jacobs', 'Maes', 'Mertens', 'Peeters', 'Van den Berg', 'Vermeulen', 'Willems', 'Wouters'])
) as t(lang, given, family);

-- A contact's name, by number: the draw is the same wherever it is asked for.
create or replace temp macro given_name(no, given) as
    given[1 + cast(floor(part(dice('name', no), 0) * len(given)) as bigint)];
create or replace temp macro family_name(no, family) as
    family[1 + cast(floor(part(dice('name', no), 1) * len(family)) as bigint)];
