import { FolderOpen } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { PathInfo } from '../../../electron/bridge/contract.ts';
import { useQuery } from '../../client/use-query.ts';
import { useSettled } from '../../client/use-settled.ts';
import { formatBytes } from '../../format/bytes.ts';
import { Button } from '../../ui/button.tsx';
import { Field, TextInput } from '../../ui/field.tsx';
import { desktopPicker } from './desktop.ts';
import { PathBrowser } from './path-browser.tsx';
import './paths.css';

/** Milliseconds without a key before the host is asked. */
const restMs = 250;

/** A path of a file on the host's machine: typed and looked up as one types, or chosen. */
export function PathField(props: {
  label: string;
  hint: string;
  error: string | null;
  value: string;
  /** Endings that the file has usually, without dots. */
  extensions: string[];
  /** A folder will do as well as a file. */
  folders?: boolean;
  onChange: (path: string) => void;
}) {
  const { t } = useTranslation('paths');
  const [browsing, setBrowsing] = useState(false);
  const path = props.value.trim();
  const settled = useSettled(path, restMs);
  // Where the host does not look, it says nothing: the path may be right all the same.
  const found = useQuery('host.path', settled.startsWith('/') ? { path: settled } : null);
  const info = settled === path && path !== '' && found.error === null && !found.loading ? found.data : null;
  const seen = path === '' ? null : path.startsWith('/') ? problemOf(info) : 'relative';
  const problem = seen === 'directory' && props.folders === true ? null : seen;
  const pick = async () => {
    const native = desktopPicker();
    if (native === null) return setBrowsing(true);
    const chosen = await native({
      title: props.label,
      extensions: props.extensions,
      ...(props.folders === true ? { folder: true } : {}),
    });
    if (chosen !== null) props.onChange(chosen);
  };
  return (
    <Field
      label={props.label}
      error={props.error ?? (problem === null ? null : t(problem))}
      hint={
        info?.kind === 'file' && info.sizeBytes !== null
          ? t('found', { size: formatBytes(info.sizeBytes) })
          : props.hint
      }
    >
      {(control) => (
        <span className="path-field">
          <TextInput
            {...control}
            className="mono"
            placeholder={t('placeholder')}
            value={props.value}
            onChange={(event) => props.onChange(event.target.value)}
          />
          <Button icon={FolderOpen} onClick={() => void pick()} aria-label={t('browseFor', { what: props.label })}>
            {t('browse')}
          </Button>
          {browsing ? (
            <PathBrowser
              title={props.label}
              folders={props.folders === true}
              start={(info?.kind === 'directory' ? info.path : info?.parent) ?? null}
              extensions={props.extensions}
              onClose={() => setBrowsing(false)}
              onPick={(chosen) => {
                setBrowsing(false);
                props.onChange(chosen);
              }}
            />
          ) : null}
        </span>
      )}
    </Field>
  );
}

/** What is wrong with a path that the host has looked at. */
function problemOf(info: PathInfo | null): 'missing' | 'directory' | 'other' | null {
  return info === null || info.kind === 'file' ? null : info.kind;
}
