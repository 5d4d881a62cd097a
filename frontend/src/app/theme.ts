import { createTheme, type MantineColorsTuple } from '@mantine/core';

/** The one accent: a quiet green-blue. Everything else that is colored means something (rank, agreement, status). */
const accent: MantineColorsTuple = [
  '#eef6f5', '#dbebe9', '#b6d6d3', '#8dc0bb', '#69aca6', '#4f9d97', '#3b8a84', '#2a726d', '#205c58', '#154643',
];

/** Warm greys, so that a page reads as paper in light and as slate in dark. */
const dark: MantineColorsTuple = [
  '#d9d6d0', '#b9b5ae', '#96928b', '#6f6b65', '#4a4743', '#3a3835', '#2c2a28', '#211f1e', '#191817', '#121110',
];
const gray: MantineColorsTuple = [
  '#faf9f6', '#f3f1ec', '#e9e6df', '#dcd8cf', '#c6c1b6', '#a8a296', '#7d776c', '#57524a', '#3b3732', '#25221e',
];

export const theme = createTheme({
  primaryColor: 'accent',
  primaryShade: 7,
  colors: { accent, dark, gray },
  black: '#25221e',
  fontFamily: '"Source Sans 3 Variable", system-ui, sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
  // Two sizes do nine tenths of the work: sm for controls, md for reading.
  fontSizes: { xs: '0.8125rem', sm: '0.9375rem', md: '1.0625rem', lg: '1.3125rem', xl: '1.625rem' },
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '1.625rem', lineHeight: '1.25' },
      h2: { fontSize: '1.3125rem', lineHeight: '1.3' },
      h3: { fontSize: '1.0625rem', lineHeight: '1.4' },
    },
  },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Text: { defaultProps: { size: 'sm' } },
    Button: { defaultProps: { size: 'sm' } },
    TextInput: { defaultProps: { size: 'sm' } },
    PasswordInput: { defaultProps: { size: 'sm' } },
    Modal: { defaultProps: { transitionProps: { duration: 100 } } },
    Menu: { defaultProps: { transitionProps: { duration: 100 } } },
    Tooltip: { defaultProps: { openDelay: 300, transitionProps: { duration: 100 } } },
  },
});
