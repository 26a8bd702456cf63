import { Box, Boxes, FlaskConical, type LucideIcon, Monitor, ShieldCheck, SquareTerminal } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { DriverName } from '../../electron/bridge/contract.ts';

const glyphs: Record<DriverName, LucideIcon> = {
  qemu: Monitor,
  docker: Box,
  containerd: Boxes,
  kata: ShieldCheck,
  process: SquareTerminal,
  fake: FlaskConical,
};

/** The mark of a driver without hooks, for long lists; `word` is read out. */
export function DriverMark({
  driver,
  word,
  named,
  size = 15,
}: {
  driver: DriverName;
  word: string;
  named?: boolean | undefined;
  size?: number;
}) {
  const Icon = glyphs[driver];
  return (
    <span className="state" title={named ? undefined : word}>
      <Icon size={size} aria-hidden />
      <span className={named ? undefined : 'sr-only'}>{word}</span>
    </span>
  );
}

/** The mark of a driver; with `named` its word stands beside it, else it is read out. */
export function DriverGlyph({ driver, named, size = 15 }: { driver: DriverName; named?: boolean; size?: number }) {
  const { t } = useTranslation('common');
  return <DriverMark driver={driver} word={t(`driver.${driver}`)} named={named} size={size} />;
}
