-- Rows that cannot be rows of the contract: apart from the others, with the reason.
create or replace temp table faulty as
select file_line, problem as reason, row from typed where problem <> '';

delete from typed where problem <> '';
