import { Button, Group, Modal } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./ConfirmDialog.module.css";

interface ConfirmDialogProps {
  isOpen: boolean;
  title: string;
  /** What will happen, and to what. */
  children: ReactNode;
  /** The verb on the button: "Delete 3 tasks". */
  confirmLabel: string;
  isDangerous?: boolean;
  isBusy?: boolean;
  onConfirm: () => void;
  onCancel: () => void;
}

/** Asks before something that cannot be undone; the focus starts on the harmless button. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const {
    isOpen,
    title,
    children,
    confirmLabel,
    isDangerous = false,
    isBusy = false,
    onConfirm,
    onCancel,
  } = props;
  return (
    <Modal opened={isOpen} onClose={onCancel} title={title} size="md">
      <div className={classes.body}>{children}</div>
      <Group justify="flex-end" gap="xs" mt="md">
        <Button variant="default" onClick={onCancel} data-autofocus>
          Cancel
        </Button>
        <Button color={isDangerous ? "red.9" : undefined} loading={isBusy} onClick={onConfirm}>
          {confirmLabel}
        </Button>
      </Group>
    </Modal>
  );
}
