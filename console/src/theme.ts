// The dress of Mantine: the tokens of tokens.css in the place of its own colours, and three kinds of buttons. Used by
// main.tsx. Never defines a colour: colours are in tokens.css, for both schemes.
import {
  Button,
  type CSSVariablesResolver,
  createTheme,
  Input,
  localStorageColorSchemeManager,
  type MantineColorsTuple,
  Modal,
  Tooltip,
} from '@mantine/core';
import dress from './dress.module.css';

/** Mantine wants ten shades of a colour; each is the accent, since `variables` replaces all that is shown. */
const accent = Array(10).fill('#0b5c68') as unknown as MantineColorsTuple;

export const colorSchemes = localStorageColorSchemeManager({ key: 'chappe-theme' });

export const theme = createTheme({
  fontFamily: 'var(--font)',
  fontFamilyMonospace: 'var(--mono)',
  headings: { fontFamily: 'var(--font)', fontWeight: '600' },
  colors: { accent },
  primaryColor: 'accent',
  defaultRadius: 6,
  cursorType: 'pointer',
  respectReducedMotion: true,
  autoContrast: false,
  fontSizes: { xs: '12px', sm: '14px', md: '14px', lg: '16px', xl: '22px' },
  lineHeights: { xs: '1.34', sm: '1.43', md: '1.43', lg: '1.5', xl: '1.27' },
  shadows: { xs: 'none', sm: 'none', md: 'var(--shadow)', lg: 'var(--shadow)', xl: 'var(--shadow)' },
  components: {
    Button: Button.extend({ defaultProps: { size: 'sm' }, classNames: { root: dress['button']! } }),
    Modal: Modal.extend({
      defaultProps: { centered: true, radius: 10, transitionProps: { duration: 120, transition: 'fade' } },
      classNames: { title: dress['modalTitle']!, header: dress['modalHeader']! },
    }),
    SegmentedControl: {
      classNames: {
        root: dress['segments'],
        indicator: dress['segmentIndicator'],
        label: dress['segmentLabel'],
        control: dress['segmentControl'],
      },
    },
    // Plain objects: the parts themselves belong to the pages that have them.
    Radio: { classNames: { radio: dress['choice'] } },
    Checkbox: { classNames: { input: dress['choice'] } },
    Switch: { classNames: { track: dress['switchTrack'] } },
    Tabs: { classNames: { list: dress['tabList'], tab: dress['tab'] } },
    Tooltip: Tooltip.extend({
      defaultProps: {
        openDelay: 300,
        transitionProps: { duration: 120 },
        events: { hover: true, focus: true, touch: false },
      },
    }),
    Input: Input.extend({ classNames: { wrapper: dress['input']! } }),
    InputWrapper: {
      classNames: { label: dress['inputLabel'], description: dress['inputHint'], error: dress['inputError'] },
    },
    TextInput: { defaultProps: { size: 'sm' } },
  },
});

/** Mantine's variables by the tokens: the same names in both schemes, since the tokens change with the scheme. */
export const variables: CSSVariablesResolver = () => {
  const tokens = {
    '--mantine-color-body': 'var(--surface)',
    '--mantine-color-text': 'var(--ink)',
    '--mantine-color-bright': 'var(--ink)',
    '--mantine-color-dimmed': 'var(--ink-soft)',
    '--mantine-color-placeholder': 'var(--ink-faint)',
    '--mantine-color-anchor': 'var(--accent)',
    '--mantine-color-default': 'var(--surface)',
    '--mantine-color-default-hover': 'var(--sunken)',
    '--mantine-color-default-color': 'var(--ink)',
    '--mantine-color-default-border': 'var(--line-strong)',
    '--mantine-color-error': 'var(--bad)',
    '--mantine-color-disabled': 'var(--sunken)',
    '--mantine-color-disabled-color': 'var(--ink-faint)',
    '--mantine-color-disabled-border': 'var(--line)',
    '--mantine-primary-color-filled': 'var(--accent)',
    '--mantine-primary-color-filled-hover': 'var(--accent-hover)',
    '--mantine-primary-color-contrast': 'var(--on-accent)',
    '--mantine-primary-color-light': 'var(--accent-soft)',
    '--mantine-primary-color-light-hover': 'var(--accent-soft)',
    '--mantine-primary-color-light-color': 'var(--accent)',
    '--mantine-color-accent-filled': 'var(--accent)',
    '--mantine-color-accent-filled-hover': 'var(--accent-hover)',
    '--mantine-color-accent-light': 'var(--accent-soft)',
    '--mantine-color-accent-light-hover': 'var(--accent-soft)',
    '--mantine-color-accent-light-color': 'var(--accent)',
    '--mantine-color-accent-outline': 'var(--accent)',
    '--mantine-color-accent-outline-hover': 'var(--accent-soft)',
    '--mantine-color-accent-text': 'var(--accent)',
    '--mantine-color-white': 'var(--on-accent)',
  };
  return { variables: {}, light: tokens, dark: tokens };
};
