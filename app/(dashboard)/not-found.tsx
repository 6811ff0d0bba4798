/** For a machine, project or job that is not there; the layout around it stays. */
export { NothingHere as default } from '@/components/nothing-here'
