-- Rows of the contract that cannot be: apart from the others, with the reason.
create or replace temp table faulty as
select file_line, problem as reason, row from typed where problem <> '';

delete from typed where problem <> '';

select count(*) from faulty;
