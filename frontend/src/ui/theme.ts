import {
  type CSSVariablesResolver,
  createTheme,
  Modal,
  ModalHeader,
  Notification,
  Tooltip,
} from "@mantine/core";

/** Mantine in our colours, with what it needs to pass WCAG AA in both schemes. */
export const theme = createTheme({
  primaryColor: "indigo",
  primaryShade: 8,
  fontFamily: "'Inter Variable', Inter, system-ui, sans-serif",
  fontFamilyMonospace: "'JetBrains Mono Variable', 'JetBrains Mono', ui-monospace, monospace",
  fontSizes: { xs: "12px", sm: "13px", md: "14px", lg: "16px", xl: "18px" },
  headings: {
    fontWeight: "600",
    sizes: { h1: { fontSize: "16px" }, h2: { fontSize: "14px" }, h3: { fontSize: "13px" } },
  },
  defaultRadius: "sm",
  cursorType: "pointer",
  respectReducedMotion: true,
  colors: {
    dark: [
      "#dcdfe4",
      "#c3c7ce",
      "#a3a8b1",
      "#8f959f",
      "#4a4e56",
      "#393c43",
      "#222428",
      "#1b1c1f",
      "#17181b",
      "#111214",
    ],
  },
  components: {
    Modal: Modal.extend({
      defaultProps: { closeButtonProps: { "aria-label": "Close" }, centered: false, yOffset: 44 },
      styles: { title: { fontWeight: 600, minWidth: 0, lineHeight: 1.3, overflowWrap: "anywhere" } },
    }),
    Notification: Notification.extend({
      defaultProps: { withBorder: true },
      styles: { description: { color: "var(--text-dim)" } },
    }),
    ModalHeader: ModalHeader.extend({ defaultProps: { role: "presentation" } }),
    Tooltip: Tooltip.extend({
      defaultProps: { openDelay: 400, withArrow: true, events: { hover: true, focus: true, touch: false } },
    }),
  },
});

const meanings = {
  "--mantine-color-text": "var(--text)",
  "--mantine-color-body": "var(--surface-card)",
  "--mantine-color-dimmed": "var(--text-dim)",
  "--mantine-color-placeholder": "var(--text-dim)",
  "--mantine-color-error": "var(--crashed)",
  "--mantine-color-anchor": "var(--accent)",
  "--mantine-color-default": "var(--surface-card)",
  "--mantine-color-default-hover": "var(--surface-hover)",
  "--mantine-color-default-color": "var(--text)",
  "--mantine-color-default-border": "var(--line-strong)",
  "--mantine-color-disabled-color": "var(--text-dim)",
  "--mantine-primary-color-light": "var(--accent-tint)",
  "--mantine-primary-color-light-color": "var(--accent)",
  "--mantine-color-indigo-light": "var(--accent-tint)",
  "--mantine-color-indigo-light-color": "var(--accent)",
  "--mantine-color-indigo-text": "var(--accent)",
  "--mantine-color-red-light": "var(--crashed-tint)",
  "--mantine-color-red-light-color": "var(--crashed)",
  "--mantine-color-red-text": "var(--crashed)",
};

/** Lets Mantine's own variables follow our tokens. */
export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: {},
  light: meanings,
  dark: meanings,
});
