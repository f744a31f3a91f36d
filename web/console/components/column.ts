// Element Plus knows the rows of a table only as records of anything; this names their type, so that the
// templates are checked.
import { ElTableColumn } from 'element-plus';

interface ColumnProps {
  prop?: string;
  label?: string;
  width?: string | number;
  minWidth?: string | number;
  align?: 'left' | 'center' | 'right';
}

export function column_of<Row>() {
  return ElTableColumn as unknown as new () => {
    $props: ColumnProps;
    $slots: { default?: (scope: { row: Row }) => unknown };
  };
}
