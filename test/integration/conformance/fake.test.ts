import { fakeTarget } from '../../support/conformance/fake-target.ts';
import { conformanceTests } from '../../support/conformance/front.ts';

await conformanceTests(fakeTarget());
