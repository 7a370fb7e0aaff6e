import { ActionIcon, type ActionIconProps, Tooltip } from "@mantine/core";
import type { ComponentProps, ReactNode } from "react";

type ButtonProps = Omit<ComponentProps<"button">, keyof ActionIconProps>;

interface IconActionProps extends Pick<ActionIconProps, "variant" | "size" | "color">, ButtonProps {
  /** The name, and the tooltip. */
  label: string;
  children: ReactNode;
  /** Why it cannot be used now; said in the tooltip. Undefined when it can. */
  disabledReason?: string;
  /** For a toggle: whether it is on. */
  isPressed?: boolean;
}

/** An icon button that has a name, a tooltip, and says why when it is disabled. May be the target of a menu. */
export function IconAction(props: IconActionProps) {
  const { label, children, onClick, disabledReason, isPressed, variant, ...rest } = props;
  const isDisabled = disabledReason !== undefined;
  return (
    <Tooltip label={disabledReason ? `${label}: ${disabledReason}` : label}>
      <ActionIcon
        variant={variant ?? (isPressed ? "light" : "subtle")}
        color={rest.color ?? (isPressed ? "indigo" : "gray")}
        c={isPressed ? "var(--accent)" : "var(--text-dim)"}
        aria-label={label}
        aria-pressed={isPressed}
        aria-disabled={isDisabled || undefined}
        data-disabled={isDisabled || undefined}
        onClick={isDisabled ? undefined : onClick}
        {...rest}
      >
        {children}
      </ActionIcon>
    </Tooltip>
  );
}
