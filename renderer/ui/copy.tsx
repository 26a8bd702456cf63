import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button, IconButton } from './button.tsx';

/** Copies a text and says so for a moment. With `label` it is a button with words. */
export function CopyButton({ text, label }: { text: string; label?: string }) {
  const { t } = useTranslation('common');
  const [done, setDone] = useState<'no' | 'yes' | 'failed'>('no');
  useEffect(() => {
    if (done === 'no') return;
    const timer = setTimeout(() => setDone('no'), 1500);
    return () => clearTimeout(timer);
  }, [done]);
  const copy = () => {
    navigator.clipboard.writeText(text).then(
      () => setDone('yes'),
      () => setDone('failed'),
    );
  };
  const icon = done === 'yes' ? Check : Copy;
  const word = done === 'yes' ? t('copied') : done === 'failed' ? t('copyFailed') : (label ?? t('copy'));
  return label ? (
    <Button size="sm" icon={icon} onClick={copy}>
      {word}
    </Button>
  ) : (
    <IconButton size="sm" icon={icon} label={word} onClick={copy} />
  );
}

/** Text of a machine, to read and to copy. A line that does not fit goes on below with an indent. */
export function CodeBlock({ text, label }: { text: string; label?: string }) {
  return (
    <div className="code-box">
      <pre className="code" aria-label={label}>
        {text.split('\n').map((line, index) => (
          // Lines have no identity but their place.
          <span key={String(index)} className="code-line">
            {line}
          </span>
        ))}
      </pre>
      <CopyButton text={text} />
    </div>
  );
}
