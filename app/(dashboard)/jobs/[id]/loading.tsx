export { JobSkeleton as default } from '@/components/page-skeletons'
