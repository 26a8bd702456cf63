import { Tooltip } from 'radix-ui';
import { useRoute, useWindow } from '../client/window-context.ts';
import { CreateDialog } from '../features/create/create-dialog.tsx';
import { DoctorPage } from '../features/doctor/doctor-page.tsx';
import { ForeignPage } from '../features/foreign/foreign-page.tsx';
import { GroupsPage } from '../features/groups/groups-page.tsx';
import { ImagesPage } from '../features/images/images-page.tsx';
import { JobsTray } from '../features/jobs/jobs-tray.tsx';
import { useJobNotices } from '../features/jobs/use-job-notices.ts';
import { KeysDialog } from '../features/keys/keys-dialog.tsx';
import { ListPage } from '../features/list/list-page.tsx';
import { Palette } from '../features/palette/palette.tsx';
import { ByForceDialog } from '../features/removal/by-force-dialog.tsx';
import { QuestionDialog } from '../features/removal/question-dialog.tsx';
import { SettingsPage } from '../features/settings/settings-page.tsx';
import { NetworksPage } from '../features/stores/networks-page.tsx';
import { VolumesPage } from '../features/stores/volumes-page.tsx';
import { PageGuard } from '../ui/page-guard.tsx';
import { ToastView } from '../ui/toast-view.tsx';
import { ConnectionBanner } from './connection-banner.tsx';
import { LiveRegion } from './live-region.tsx';
import { Sidebar } from './sidebar.tsx';
import { StatusBar } from './status-bar.tsx';
import { useCrashNotices } from './use-crash-notices.ts';
import { useShortcuts } from './use-shortcuts.ts';
import './shell.css';

/** The window. */
export function App() {
  const { toasts } = useWindow();
  useShortcuts();
  useJobNotices();
  useCrashNotices();
  return (
    <Tooltip.Provider delayDuration={350} skipDelayDuration={200}>
      <div className="shell">
        <Sidebar />
        <main className="shell-main">
          <ConnectionBanner />
          <div className="shell-page">
            <Page />
          </div>
          <JobsTray />
          <StatusBar />
        </main>
      </div>
      <CreateDialog />
      <Palette />
      <KeysDialog />
      <ByForceDialog />
      <QuestionDialog />
      <ToastView toasts={toasts} />
      <LiveRegion />
    </Tooltip.Provider>
  );
}

function Page() {
  const route = useRoute();
  return (
    <PageGuard key={route.page}>
      <PageContent />
    </PageGuard>
  );
}

function PageContent() {
  const route = useRoute();
  switch (route.page) {
    case 'list':
      return <ListPage />;
    case 'groups':
      return <GroupsPage />;
    case 'images':
      return <ImagesPage />;
    case 'volumes':
      return <VolumesPage />;
    case 'networks':
      return <NetworksPage />;
    case 'doctor':
      return <DoctorPage />;
    case 'settings':
      return <SettingsPage />;
    case 'foreign':
      return <ForeignPage />;
  }
}
