export { SafetySkeleton as default } from '@/components/page-skeletons'
