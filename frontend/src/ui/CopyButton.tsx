import { CopyButton as MantineCopyButton } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { IconAction } from "./IconAction";

/** Copies `value`; `what` names it: "Copy the output path". */
export function CopyButton({ value, what }: { value: string; what: string }) {
  return (
    <MantineCopyButton value={value} timeout={1500}>
      {({ copied, copy }) => (
        <IconAction label={copied ? "Copied" : `Copy ${what}`} size="sm" onClick={copy}>
          {copied ? <IconCheck size={15} color="var(--finished)" /> : <IconCopy size={15} />}
        </IconAction>
      )}
    </MantineCopyButton>
  );
}
