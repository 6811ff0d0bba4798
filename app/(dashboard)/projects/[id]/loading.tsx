export { ProjectSkeleton as default } from '@/components/page-skeletons'
