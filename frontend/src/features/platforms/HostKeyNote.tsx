import { Button, TextInput } from "@mantine/core";
import { IconFingerprint, IconShieldExclamation } from "@tabler/icons-react";
import { useId, useState } from "react";
import type { HostKey } from "~/api/client";
import { CopyButton } from "~/ui/CopyButton";
import { ErrorNote } from "~/ui/ErrorNote";
import classes from "./hostKey.module.css";

interface HostKeyNoteProps {
  hostKey: HostKey;
  onAccept: () => void;
  isPending: boolean;
  error: { message: string } | null;
}

/** The key that a host shows, to be compared and accepted. One that took the place of another asks twice. */
export function HostKeyNote({ hostKey, onAccept, isPending, error }: HostKeyNoteProps) {
  const { host, algorithm, fingerprint, is_changed } = hostKey;
  const titleId = useId();
  const Icon = is_changed ? IconShieldExclamation : IconFingerprint;
  return (
    <section className={classes.note} data-changed={is_changed || undefined} aria-labelledby={titleId}>
      <h3 id={titleId} className={classes.title}>
        <Icon size={18} aria-hidden />
        {is_changed ? `The key of ${host} has changed` : `Is this the key of ${host}?`}
      </h3>
      {is_changed ? <ChangedWords host={host} /> : <NewWords />}
      <p className={classes.key}>
        <span className="dim">{algorithm}</span>
        <code className={classes.fingerprint}>{fingerprint}</code>
        <CopyButton value={fingerprint} what="the fingerprint" />
      </p>
      <p className={classes.hint}>
        On {host} itself,{" "}
        <code className="mono">ssh-keygen -lf /etc/ssh/ssh_host_{fileWord(algorithm)}_key.pub</code> shows it.
      </p>
      {error && <ErrorNote title="The key was not accepted" message={error.message} />}
      {is_changed ? (
        <Replace host={host} onAccept={onAccept} isPending={isPending} />
      ) : (
        <Button size="compact-sm" className={classes.accept} loading={isPending} onClick={onAccept}>
          It is the same: accept this key
        </Button>
      )}
    </section>
  );
}

function NewWords() {
  return (
    <p className={classes.words}>
      Nobody has accepted a key of this host yet. Compare it with the one that your administrator gives you,
      or that the documentation of the cluster lists. If it differs, do not accept it: you may be talking to
      somebody else.
    </p>
  );
}

function ChangedWords({ host }: { host: string }) {
  return (
    <p className={classes.words}>
      Another key was accepted before. Either {host} was installed anew, or somebody has put a machine between
      you and it, who would read and change everything that is sent: your code, your data, what you log in
      with. Ask whoever runs {host} before you go on. Until then, nothing is sent there.
    </p>
  );
}

function Replace({
  host,
  onAccept,
  isPending,
}: Pick<HostKeyNoteProps, "onAccept" | "isPending"> & { host: string }) {
  const [typed, setTyped] = useState("");
  const isSure = typed.trim() === host;
  const replace = () => isSure && onAccept();
  // Not a form: this may stand inside of one.
  return (
    <div className={classes.replace}>
      <TextInput
        label={`Type ${host} to replace the old key`}
        autoComplete="off"
        spellCheck={false}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter") return;
          event.preventDefault();
          replace();
        }}
      />
      <Button
        color="red.9"
        loading={isPending}
        aria-disabled={!isSure || undefined}
        data-disabled={!isSure || undefined}
        onClick={replace}
      >
        Replace the key
      </Button>
    </div>
  );
}

/** "ssh-ed25519" → "ed25519", "ecdsa-sha2-nistp256" → "ecdsa", as sshd names its files. */
export function fileWord(algorithm: string): string {
  return ["ed25519", "ecdsa", "rsa", "dsa"].find((word) => algorithm.includes(word)) ?? "*";
}
