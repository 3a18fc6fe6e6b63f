// Filters of a list, kept in the address: a search field, a chip for each filter that is on, and a menu to add one. Escape
// clears all. Used by the lists. A filter is a short key of the query (`status`, `sender`), its value a text.
import { Button, Menu, Popover, Select, TextInput } from '@mantine/core';
import IconFilterPlus from '@tabler/icons-react/icons/IconFilterPlus';
import IconSearch from '@tabler/icons-react/icons/IconSearch';
import IconX from '@tabler/icons-react/icons/IconX';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useWords } from '../words/words.ts';
import css from './filters.module.css';
import { useKeys } from './keys.ts';

export interface Filter {
  readonly key: string;
  readonly name: string;
  /** Choices of a fixed set; without them, any text. */
  readonly choices?: readonly { readonly value: string; readonly label: string }[];
  readonly kind?: 'text' | 'date';
  readonly placeholder?: string;
}

export type FilterValues = Readonly<Record<string, string | undefined>>;

interface FilterBarProps {
  readonly filters: readonly Filter[];
  readonly values: FilterValues;
  readonly onChange: (values: FilterValues, how: 'push' | 'replace') => void;
  /** The key of the search field, and its hint. */
  readonly search?: { readonly key: string; readonly placeholder: string };
  readonly children?: ReactNode;
}

const typingMs = 300;

export function FilterBar({ filters, values, onChange, search, children }: FilterBarProps) {
  const { common } = useWords();
  const field = useRef<HTMLInputElement>(null);
  const isOn =
    filters.some(({ key }) => values[key]) || (search !== undefined && Boolean(values[search.key]));
  const clear = () =>
    onChange(
      Object.fromEntries([...filters.map(({ key }) => [key, undefined]), [search?.key ?? '', undefined]]),
      'push',
    );
  useKeys({ '/': () => field.current?.focus(), ...(isOn ? { Escape: clear } : {}) });
  return (
    <div className={css['bar']}>
      {search ? (
        <SearchField
          ref={field}
          value={values[search.key] ?? ''}
          placeholder={search.placeholder}
          onChange={(text) => onChange({ [search.key]: text || undefined }, 'replace')}
        />
      ) : null}
      {filters
        .filter(({ key }) => values[key])
        .map((filter) => (
          <span key={filter.key} className={css['chip']}>
            {filter.name}: {labelOf(filter, values[filter.key]!)}
            <button
              type="button"
              aria-label={common.filters.remove(filter.name)}
              onClick={() => onChange({ [filter.key]: undefined }, 'push')}
            >
              <IconX size={14} stroke={1.75} />
            </button>
          </span>
        ))}
      <AddFilter
        filters={filters.filter(({ key }) => !values[key])}
        onAdd={(key, value) => onChange({ [key]: value }, 'push')}
      />
      {isOn ? (
        <Button variant="subtle" onClick={clear}>
          {common.filters.clear}
        </Button>
      ) : null}
      {children}
    </div>
  );
}

function labelOf({ choices }: Filter, value: string): string {
  return value
    .split(',')
    .map((one) => choices?.find((choice) => choice.value === one)?.label ?? one)
    .join(', ');
}

function SearchField({
  value,
  placeholder,
  onChange,
  ref,
}: {
  readonly value: string;
  readonly placeholder: string;
  readonly onChange: (text: string) => void;
  readonly ref: React.Ref<HTMLInputElement>;
}) {
  const [text, setText] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => setText(value), [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <TextInput
      ref={ref}
      className={css['search']}
      type="search"
      aria-label={placeholder}
      placeholder={placeholder}
      value={text}
      leftSection={<IconSearch size={16} stroke={1.75} />}
      onChange={({ currentTarget }) => {
        setText(currentTarget.value);
        clearTimeout(timer.current);
        timer.current = setTimeout(() => onChange(currentTarget.value.trim()), typingMs);
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter') {
          clearTimeout(timer.current);
          onChange(text.trim());
        }
        if (event.key === 'Escape') {
          if (text !== '') {
            setText('');
            onChange('');
          } else event.currentTarget.blur();
        }
      }}
    />
  );
}

function AddFilter({
  filters,
  onAdd,
}: {
  readonly filters: readonly Filter[];
  readonly onAdd: (key: string, value: string) => void;
}) {
  const { common } = useWords();
  const [chosen, setChosen] = useState<Filter | null>(null);
  const [value, setValue] = useState('');
  if (filters.length === 0) return null;
  const apply = () => {
    if (chosen && value.trim() !== '') onAdd(chosen.key, value.trim());
    setChosen(null);
    setValue('');
  };
  return (
    <Popover
      opened={chosen !== null}
      onChange={(opened) => (opened ? null : setChosen(null))}
      position="bottom-start"
      trapFocus
      withRoles={false}
      shadow="md"
    >
      <Popover.Target>
        <span>
          <Menu position="bottom-start" shadow="md">
            <Menu.Target>
              <Button variant="default" leftSection={<IconFilterPlus size={16} stroke={1.75} />}>
                {common.filters.add}
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              {filters.map((filter) => (
                <Menu.Item key={filter.key} onClick={() => setChosen(filter)}>
                  {filter.name}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        </span>
      </Popover.Target>
      <Popover.Dropdown>
        {chosen ? (
          <form
            className={css['form']}
            onSubmit={(event) => {
              event.preventDefault();
              apply();
            }}
          >
            {chosen.choices ? (
              <Select
                label={chosen.name}
                data={[...chosen.choices]}
                value={value || null}
                searchable={chosen.choices.length > 8}
                data-autofocus
                comboboxProps={{ withinPortal: false }}
                onChange={(next) => {
                  if (next) onAdd(chosen.key, next);
                  setChosen(null);
                }}
              />
            ) : (
              <>
                <TextInput
                  label={chosen.name}
                  type={chosen.kind === 'date' ? 'date' : 'text'}
                  placeholder={chosen.placeholder ?? ''}
                  value={value}
                  data-autofocus
                  onChange={({ currentTarget }) => setValue(currentTarget.value)}
                />
                <Button type="submit">{common.filters.apply}</Button>
              </>
            )}
          </form>
        ) : null}
      </Popover.Dropdown>
    </Popover>
  );
}
